"""Who you are and what you may do: builds the AccessScope, which nothing else can build."""
