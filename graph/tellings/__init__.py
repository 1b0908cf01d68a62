"""What researchers were told: sets of patients, so that no two or three answers tell of few."""
