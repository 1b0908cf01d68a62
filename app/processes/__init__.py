"""The processes of `hilum up`: a table of roles, and the supervisor that keeps them running."""
