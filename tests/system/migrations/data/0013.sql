-- Somebody was told something privately, by a job that is gone and by one that is not.
INSERT INTO posted_message (workspace_id, key, channel_id, ts)
SELECT workspace_id, 'tell:' || job_id, 'D_CARLA', '1767603900.000100' FROM job WHERE workspace_id = 'T1' AND kind = 'settings.check_harvest';
INSERT INTO posted_message (workspace_id, key, channel_id, ts) VALUES ('T2', 'tell:4000000', 'D_ASHA', '1767603900.000200');
