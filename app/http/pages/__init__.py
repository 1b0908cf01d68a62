"""Plain web pages: what runs, how much it holds, and how to talk to it."""
