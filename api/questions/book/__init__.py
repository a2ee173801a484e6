"""Questions about a lender's whole book."""
