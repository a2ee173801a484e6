"""Tables in files become batches of text columns, whatever the format.

`open` looks at a file and picks its reader: `delimited` (over `records`, which finds where records
end), `workbook` (behind `archive`, which refuses bombs), `parquet`, `lines`. All yield `rows.Rows`,
every cell as text, with the row numbers a spreadsheet would show; `titles` finds lines above the header;
`mapper` turns rows into facts by a mapping. Nothing here knows a kind of fact except `mapper` and its parts.
"""
