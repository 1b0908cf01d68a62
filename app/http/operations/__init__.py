"""What an operator asks of a running gateway: does it live, is it ready, what has it done."""
