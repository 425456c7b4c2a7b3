def test_a_scan_is_sealed_and_ends_well_whatever_it_found(run):
    ended = run("scan")
    assert ended.code == 0
    assert "there is no lock" in ended.out
    assert "2 pass, 1 fail, 0 unknown" in ended.err
