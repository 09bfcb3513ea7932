create unlogged table note (
    number bigint primary key,
    epoch int not null,
    at timestamptz not null default clock_timestamp(),
    body bytea not null
);
comment on table note is 'Rivulet: what the nodes have told each other within the last minutes.';

create unlogged table note_head (
    one boolean primary key default true check (one),
    life bigint not null,
    number bigint not null
);
comment on table note_head is 'Rivulet: the number of the newest note; life is another one once a crash has emptied them.';
comment on table node is 'Rivulet: of versions before the table note.';

create function note_1(p_epoch int, p_body bytea, p_life bigint) returns void
    language plpgsql as $$
declare
    n bigint;
begin
    perform set_config('synchronous_commit', 'off', true);
    insert into note_head (life, number) values (p_life, 0) on conflict do nothing;
    update note_head set number = number + 1 returning number into n;
    insert into note (number, epoch, body) values (n, p_epoch, p_body);
    if n % 64 = 0 then
        delete from note where at < clock_timestamp() - interval '1 minute';
    end if;
    perform pg_notify('rivulet', 'note');
end
$$;
