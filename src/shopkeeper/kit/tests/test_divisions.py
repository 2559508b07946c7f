"""Provinces, cities, districts; postcodes and phone numbers of China; addresses as their country writes them."""

import pytest

from shopkeeper.kit import divisions
from shopkeeper.kit.refusals import Malformed


def test_the_lists_of_china_depend_on_each_other():
    assert len(divisions.provinces()) == 31
    assert "杭州市" in divisions.cities("浙江省")
    assert "西湖区" in divisions.districts("浙江省", "杭州市")
    assert divisions.cities("Narnia") == divisions.districts("浙江省", "广州市") == ()


def test_every_province_has_cities_and_every_city_districts_and_no_name_is_twice_in_its_list():
    for province in divisions.provinces():
        cities = divisions.cities(province)
        assert cities, province
        assert len(set(cities)) == len(cities)
        for city in cities:
            found = divisions.districts(province, city)
            assert found, (province, city)
            assert len(set(found)) == len(found), (province, city)
            assert all(found), (province, city)


def test_a_place_is_chosen_from_the_lists_and_the_list_that_does_not_fit_is_named():
    assert divisions.checked("浙江省", "杭州市", "西湖区") == ("浙江省", "杭州市 西湖区")
    for place, field in [
        (("浙江", "杭州市", "西湖区"), "region"), (("浙江省", "广州市", "西湖区"), "city"), (("浙江省", "杭州市", ""), "district"),
    ]:  # fmt: skip
        with pytest.raises(Malformed) as refused:
            divisions.checked(*place)
        assert refused.value.field == field


def test_city_and_district_come_apart_as_they_were_joined():
    for province in divisions.provinces():
        for city in divisions.cities(province):
            for district in divisions.districts(province, city):
                assert divisions.parted(divisions.joined(city, district)) == (city, district)
    assert divisions.parted("London") == ("London", "")


@pytest.mark.parametrize("value", ["310000", ""])
def test_a_postcode_of_china_has_six_figures(value):
    assert divisions.postcode(value) == value
    for wrong in ("31000", "3100000", "N1 1AA", "３１００００"):
        with pytest.raises(Malformed):
            divisions.postcode(wrong)


@pytest.mark.parametrize(
    "value", ["13812345678", "+86 138 1234 5678", "138-1234-5678", "010-12345678", "0571 8765 4321", "+44 20 7946 0000", ""]
)
def test_a_number_that_can_be_called_in_china_is_taken_as_typed(value):
    assert divisions.phone(value) == value


@pytest.mark.parametrize("value", ["1381234567", "138123456789", "12812345678", "12345678", "020 7946 0"])
def test_a_number_that_cannot_be_called_in_china_is_refused(value):
    with pytest.raises(Malformed) as refused:
        divisions.phone(value)
    assert (refused.value.field, refused.value.expected) == ("phone", "cn_phone")


def test_an_address_is_written_as_its_country_writes_it():
    china = {"name": "王芳", "line1": "中山路 88 号", "line2": "2 幢", "postcode": "310000", "country": "CN"}
    assert divisions.lines(**china, city="杭州市 西湖区", region="浙江省") == ("310000", "浙江省杭州市西湖区", "中山路 88 号 2 幢", "王芳")
    assert divisions.lines(**china, city="北京市 东城区", region="北京市")[1] == "北京市东城区"
    assert divisions.lines(**china, city="省直辖县 济源市", region="河南省")[1] == "河南省济源市"
    london = {"name": "Ann", "line1": "1 High Street", "line2": "", "city": "London", "region": "", "postcode": "N1 1AA", "country": "GB"}
    assert divisions.lines(**london) == ("Ann", "1 High Street", "London N1 1AA")


def test_states_of_a_few_countries_stand_in_a_list():
    assert dict(divisions.regions("US"))["CA"] == "California"
    assert [len(divisions.regions(country)) for country in ("US", "CA", "AU", "GB")] == [52, 13, 8, 0]
