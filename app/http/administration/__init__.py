"""What who manages asks over the API: roles, users, grants; and records that were opened in an emergency."""
