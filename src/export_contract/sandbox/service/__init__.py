"""The export service itself: it keeps the contract, and has seams where faults and variants change it."""
