"""How fast the gateway is: `make bench`, against a gateway that `make run` has started."""
