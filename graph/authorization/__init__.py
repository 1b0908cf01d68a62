"""What the authorization server keeps: clients, what was authorized, and the handles that open it."""
