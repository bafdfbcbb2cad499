-- Called by fetch::Store::look; llm_callback_fetch_positions_pkey. None while another node does it.
select seq from llm_callback_fetch_positions where source = $1::text for update skip locked
