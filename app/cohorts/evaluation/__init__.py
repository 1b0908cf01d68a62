"""How a cohort question is evaluated: who certainly fits, who may, and what decides."""
