"""The viewer: OHIF as it is published, under our own sign-in and address."""
