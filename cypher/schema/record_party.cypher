// Finds the records of a kind about a party.
//
// params
//   KIND : record  one record of the model
// returns
//   nothing
CREATE INDEX KIND_party IF NOT EXISTS FOR (n:KIND) ON (n.party)
