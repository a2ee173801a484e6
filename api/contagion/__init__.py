"""What a shock runs along, as a moment has it: figures of firms, and the debts, guarantees, supplies and shares between
them, each with what is not known of it."""
