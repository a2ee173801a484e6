"""What an answer is made of, whatever was asked.

`frame` has the parts that each answer has; `evidence` turns facts and parties of a snapshot into them and cites
their sources; `same_party` says which parties shown are several records; `wording` writes values in words, for
answers, tables and pictures alike. Nothing here asks.
"""
