// Takes the one node every writing transaction takes first, so that two never write at once.
//
// params
//   nothing
// returns
//   turns : integer  writing transactions so far
MERGE (w:Writer {name: 'writer'})
SET w.turns = coalesce(w.turns, 0) + 1
RETURN w.turns AS turns
