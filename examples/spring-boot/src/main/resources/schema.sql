create table orders (what varchar(200) not null);
