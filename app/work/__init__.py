"""What is done beside the requests: durable jobs, followers of the change feed, and what recurs."""
