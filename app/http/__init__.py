"""The HTTP interface: one room a window, each parsing, calling a use case and answering."""
