"""The hub of FHIRcast: subscriptions, events and contexts over HTTP; its channels are those of `events`."""
