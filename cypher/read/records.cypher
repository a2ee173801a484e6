// The facts of one record that a load brought, as parallel lists in groups.
//
// params
//   KIND     : record   one record of the model
//   $load    : integer  number of the load
//   $low     : string   first fact id wanted
//   $high    : string   first fact id no longer wanted
//   $digits  : integer  characters of a fact id that make a group
//   $columns : list     names of the properties wanted beside those of every fact
// returns
//   part         : string  first characters of their fact ids
//   fact_id      : list    fact ids
//   digest       : list    hashes of what was said
//   recorded_at  : list    instants
//   load         : list    numbers of the loads that brought them
//   source       : list    names of the sources
//   source_ref   : list    the sources' names for their records
//   valid_from   : list    dates; empty for none
//   valid_to     : list    dates; empty for none
//   stated_from  : list    dates; empty for none
//   retracted_at : list    instants; empty for none
//   retracted_by : list    numbers of loads; 0 for none
//   confidence   : list    0 to 1; -1 for none
//   rest         : list    lists of the values of $columns, nulls kept
MATCH (n:KIND)
WHERE n.load = $load AND n.fact_id >= $low AND n.fact_id < $high
WITH substring(n.fact_id, 0, $digits) AS part,
     collect(n.fact_id) AS fact_id,
     collect(n.digest) AS digest,
     collect(n.recorded_at) AS recorded_at,
     collect(n.load) AS load,
     collect(n.source) AS source,
     collect(n.source_ref) AS source_ref,
     collect(coalesce(n.valid_from, '')) AS valid_from,
     collect(coalesce(n.valid_to, '')) AS valid_to,
     collect(coalesce(n.stated_from, '')) AS stated_from,
     collect(coalesce(n.retracted_at, '')) AS retracted_at,
     collect(coalesce(n.retracted_by, 0)) AS retracted_by,
     collect(coalesce(n.confidence, -1.0)) AS confidence,
     collect([c IN $columns | n[c]]) AS rest
RETURN part AS part,
       fact_id AS fact_id,
       digest AS digest,
       recorded_at AS recorded_at,
       load AS load,
       source AS source,
       source_ref AS source_ref,
       valid_from AS valid_from,
       valid_to AS valid_to,
       stated_from AS stated_from,
       retracted_at AS retracted_at,
       retracted_by AS retracted_by,
       confidence AS confidence,
       rest AS rest
ORDER BY part
