"""What a service outside proposes for a question in plain words: shown beside the answer, never asked."""
