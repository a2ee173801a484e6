"""The whole book of a lender."""
