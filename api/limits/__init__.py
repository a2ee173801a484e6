"""What binds one lender."""
