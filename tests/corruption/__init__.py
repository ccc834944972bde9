"""One clean round on the real plan, and everything that becomes of forms before they come back."""
