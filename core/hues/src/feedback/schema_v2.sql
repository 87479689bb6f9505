-- The op a draft takes the place of when it is filed; null: a new report.
ALTER TABLE draft ADD COLUMN edits BLOB;
