-- Trace ids are random, so every record of a run touches some page of the run's part of the index, and each commit writes all the
-- pages that it touched. Runs of 16,384 records took 37 pages, which most commits wrote whole: more than half of all that was
-- written. Runs of 1,024 take three, and a look-up still asks each run once.
DROP INDEX audit_by_trace;
CREATE INDEX audit_by_trace ON audit_records (id >> 10, trace_low);
