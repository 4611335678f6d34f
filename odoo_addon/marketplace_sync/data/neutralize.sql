-- A database that is neutralized talks to no shop: shops are switched off, and the pairing is forgotten.
UPDATE marketplace_shop SET send = false, receive = false;
DELETE FROM ir_config_parameter
 WHERE key IN ('marketplace_sync.key', 'marketplace_sync.epoch', 'marketplace_sync.fingerprint', 'marketplace_sync.sidecar');
DELETE FROM res_users_apikeys
 WHERE user_id IN (SELECT res_id FROM ir_model_data WHERE module = 'marketplace_sync' AND name = 'user_technical');
