// Adds facts of one relation between parties that are there; says how many it added.
//
// params
//   KIND  : relation  one relation of the model
//   $rows : list      maps of from, to (ids of parties) and fact (its properties)
// returns
//   added : integer  facts added
UNWIND $rows AS row
MATCH (a:Party {id: row.from})
MATCH (b:Party {id: row.to})
CREATE (a)-[r:KIND]->(b)
SET r = row.fact
RETURN count(r) AS added
