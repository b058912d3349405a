-- What a running version may rely on in a schema, one line each.
--
-- thing     what it is, by name
-- detail    how it is; a thing that is gone or has another detail may break a version that relies on it
-- relation  the table that it belongs to
-- columns   the columns that it restricts
-- tightens  it is a restriction: the running version breaks when it appears, not when it goes
WITH ours AS (
    SELECT c.oid, c.relname::text AS name, c.relrowsecurity AS secured FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') AND c.relname <> '_sqlx_migrations'
), kept AS (
    SELECT o.name AS relation, a.attname::text AS name, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS filled,
        a.attnotnull AND NOT a.atthasdef AND a.attidentity = '' AS must
    FROM ours o JOIN pg_attribute a ON a.attrelid = o.oid WHERE a.attnum > 0 AND NOT a.attisdropped
), functions AS (
    SELECT p.*, format('%s(%s)', p.proname, pg_get_function_identity_arguments(p.oid)) AS name FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
)
SELECT 'table ' || name AS thing, CASE WHEN secured THEN 'with row-level security' ELSE '' END AS detail,
    name AS relation, ARRAY[]::text[] AS columns, false AS tightens
FROM ours
UNION ALL
SELECT format('column %s.%s', relation, name), type || CASE WHEN filled THEN ' NOT NULL' ELSE '' END, relation, ARRAY[name], false
FROM kept
UNION ALL
SELECT format('value for column %s.%s in every INSERT', relation, name), '', relation, ARRAY[name], true
FROM kept WHERE must
UNION ALL
SELECT format('constraint %s on %s', k.conname, o.name), pg_get_constraintdef(k.oid), o.name,
    ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = o.oid AND a.attnum = ANY (k.conkey)), true
FROM ours o JOIN pg_constraint k ON k.conrelid = o.oid
UNION ALL
-- ON CONFLICT finds them by their columns; as a restriction they stand below once more.
SELECT format('unique index %s', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid), o.name, ARRAY[]::text[], false
FROM ours o JOIN pg_index i ON i.indrelid = o.oid WHERE i.indisunique
UNION ALL
SELECT format('uniqueness by %s', i.indexrelid::regclass), '', o.name,
    ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = o.oid AND a.attnum = ANY (i.indkey)), true
FROM ours o JOIN pg_index i ON i.indrelid = o.oid
WHERE i.indisunique AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
UNION ALL
SELECT format('trigger %s on %s', t.tgname, o.name), pg_get_triggerdef(t.oid), o.name, ARRAY[]::text[], true
FROM ours o JOIN pg_trigger t ON t.tgrelid = o.oid WHERE NOT t.tgisinternal
UNION ALL
SELECT format('policy %s on %s', p.polname, o.name),
    format('%s %s %s', p.polcmd, pg_get_expr(p.polqual, o.oid), pg_get_expr(p.polwithcheck, o.oid)), o.name, ARRAY[]::text[], false
FROM ours o JOIN pg_policy p ON p.polrelid = o.oid
UNION ALL
SELECT 'function ' || name, pg_get_function_result(oid), NULL, ARRAY[]::text[], false
FROM functions
UNION ALL
SELECT format('right to EXECUTE %s', name), '', NULL, ARRAY[]::text[], false
FROM functions WHERE has_function_privilege('timeoff_app', oid, 'EXECUTE')
UNION ALL
SELECT format('right to %s %s', right_to, o.name), '', o.name, ARRAY[]::text[], false
FROM ours o CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) right_to
WHERE has_table_privilege('timeoff_app', o.oid, right_to)
UNION ALL
SELECT 'type ' || t.typname, coalesce((SELECT string_agg(e.enumlabel, ', ' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid), ''),
    NULL, ARRAY[]::text[], false
FROM pg_type t WHERE t.typnamespace = 'public'::regnamespace AND t.typtype IN ('e', 'd')
