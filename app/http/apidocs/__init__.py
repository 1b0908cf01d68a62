"""The description of Hilum's own API, for programs and for people."""
