-- A leave that waits for a person to retry, as the alarms count it.
UPDATE leave_record SET state = 'failed' WHERE record_id = (SELECT min(record_id) FROM leave_record WHERE state = 'confirmed');
