// Adds records of one kind; says how many it added.
//
// params
//   KIND  : record  one record of the model
//   $rows : list    maps of properties
// returns
//   added : integer  facts added
UNWIND $rows AS row
CREATE (n:KIND)
SET n = row
RETURN count(n) AS added
