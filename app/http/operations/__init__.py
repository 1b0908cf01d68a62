"""What an operator asks of a running gateway: does it live, is it ready, what does it do and has it done."""
