"""Terminologies as their publishers release them, which a site has got under a licence of its own."""
