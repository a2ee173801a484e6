"""How likely a party is to default, why, and how likely a lender's borrowers are."""
