-- Serial numbers that a stay's lines carry more than once.
select mdtrt_id, bkkp_sn from raw_fee_list_d group by mdtrt_id, bkkp_sn having count(*) > 1
