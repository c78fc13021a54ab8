"""What the database itself refuses: books that do not add up, and any change of what is written."""

from django.db import migrations

# A deferred trigger sees the entry as it will be committed, whatever the order of the inserts.
RULES = """
create sequence payments_reference start 1;

create function payments_entry_adds_up() returns trigger language plpgsql as $$
declare
    number bigint := case when tg_table_name = 'payments_entry' then new.id
                          else (to_jsonb(new) ->> 'entry_id')::bigint end;
    lines bigint;
    sum_ numeric;
begin
    select count(*), coalesce(sum(cents), 0) into lines, sum_
        from payments_posting where entry_id = number;
    if lines < 2 or sum_ <> 0 then
        raise exception 'entry % of the ledger does not add up (% postings, % cents)',
            number, lines, sum_ using errcode = 'check_violation';
    end if;
    return null;
end $$;
create constraint trigger payments_entry_adds_up after insert on payments_entry
    deferrable initially deferred for each row execute function payments_entry_adds_up();
create constraint trigger payments_posting_adds_up after insert on payments_posting
    deferrable initially deferred for each row execute function payments_entry_adds_up();

create function payments_written_is_written() returns trigger language plpgsql as $$
begin
    raise exception '% on %: what is written in the ledger stays', tg_op, tg_table_name
        using errcode = 'restrict_violation', hint = 'Write an entry that takes it back.';
end $$;
create trigger payments_entry_stays before update or delete on payments_entry
    for each row execute function payments_written_is_written();
create trigger payments_posting_stays before update or delete on payments_posting
    for each row execute function payments_written_is_written();

create function payments_amount_stays() returns trigger language plpgsql as $$
begin
    if new.cents is distinct from old.cents then
        raise exception 'the amount of a row in % never changes', tg_table_name
            using errcode = 'restrict_violation';
    end if;
    if tg_table_name = 'payments_transaction' and to_jsonb(old) ->> 'state' = 'booked'
       and (to_jsonb(new) ->> 'state' <> 'booked'
            or to_jsonb(new) -> 'received' is distinct from to_jsonb(old) -> 'received') then
        raise exception 'a booked payment stays booked' using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
create trigger payments_charge_amount before update on payments_charge
    for each row execute function payments_amount_stays();
create trigger payments_item_amount before update on payments_item
    for each row execute function payments_amount_stays();
create trigger payments_transaction_amount before update on payments_transaction
    for each row execute function payments_amount_stays();
create trigger payments_refund_amount before update on payments_refund
    for each row execute function payments_amount_stays();
"""
NONE = """
drop function payments_entry_adds_up() cascade;
drop function payments_written_is_written() cascade;
drop function payments_amount_stays() cascade;
drop sequence payments_reference;
"""


class Migration(migrations.Migration):
    """Triggers and the sequence of references."""

    dependencies = [("payments", "0001_initial")]

    operations = [migrations.RunSQL(RULES, NONE)]
