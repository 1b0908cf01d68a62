"""What researchers were told: sets of patients as sketches, so that no difference of two answers tells."""
