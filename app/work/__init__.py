"""What is done beside the requests: steps that may be repeated, by any number of workers."""
