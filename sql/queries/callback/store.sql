-- Called by ingest's writer and by the recorder of rejects, outside any transaction: the procedure commits by itself.
call store_callbacks_v3(
    $1::uuid[], $2::text[], $3::text[], $4::bytea[], $5::boolean[], $6::text[], $7::timestamptz[], $8::bytea[],
    $9::text[], $10::boolean[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[],
    $17::text[], $18::double precision[], $19::bigint[], $20::bigint[], $21::text[], $22::text[], $23::uuid[],
    $24::boolean, $25::text, $26::uuid, $27::boolean
)
