"""The shop's tables and queries; the checkout is one SQL function, a whole transaction in one round trip."""

from __future__ import annotations

PRODUCTS = 400
PAST_LINES = 12_000

SCHEMA = f"""
create table products (id int primary key, name text not null, cents int not null check (cents > 0),
                       stock bigint not null check (stock >= 0)) with (fillfactor = 50);
create table orders (id bigint generated always as identity primary key, placed timestamptz not null default now(),
                     cents int not null);
create table lines (order_id bigint not null references orders, product_id int not null references products,
                    quantity int not null check (quantity > 0), cents int not null);
create table past_lines (basket int not null, product_id int not null);

insert into products select n, 'Product ' || n, 500 + (n * 37) % 4500, 1000000000 from generate_series(1, {PRODUCTS}) n;
insert into past_lines select n / 3, 1 + (n * 7919) % {PRODUCTS} from generate_series(1, {PAST_LINES}) n;

create function place_order(wanted int[]) returns bigint language plpgsql as $$
declare
  placed bigint;
  total int;
begin
  update products set stock = stock - 1 where id = any (wanted) and stock > 0;
  if not found then
    raise exception 'sold out';
  end if;
  select sum(cents) into total from products where id = any (wanted);
  insert into orders (cents) values (total) returning id into placed;
  insert into lines select placed, id, 1, cents from products where id = any (wanted);
  return placed;
end
$$;

analyze;
"""  # noqa: S608 - only the two numbers above are filled in

PLACE_ORDER = "select place_order(%s)"

SHOPPERS = 40
BASKET = "select distinct product_id from past_lines where basket = %s order by 1"

CANCEL_LONG_QUERIES = """
select count(pg_terminate_backend(pid)) from pg_stat_activity
where state = 'active' and backend_type = 'client backend' and pid <> pg_backend_pid()
  and clock_timestamp() - backend_start > interval '2 s' and clock_timestamp() - query_start > interval '1 s'
"""

CATALOGUE = "select id, name, cents from products where stock > 0 order by id limit 40"

RECOMMENDATIONS = (
    CATALOGUE,
    "select product_id from past_lines where basket in (select basket from past_lines where product_id = 7) limit 20",
    "select product_id, count(*) from past_lines group by 1 order by 2 desc, 1 limit 10",
    "select id from products where cents < (select avg(cents) from products) order by cents desc limit 10",
    "select p.id from products p join past_lines l on product_id = p.id where basket < 300 order by cents limit 5",
    "select p.name from products p, generate_series(1, 12) taste order by md5(p.name || taste) limit 5",
)
"""Six queries in sequence, the first of them the catalogue, so that a slow database slows the page down six times.
The last one computes, so that the database's CPU share is a steady figure and not the noise of wake-ups."""
