"""The window of reports: pages in which they are written and read, and the same as JSON."""
