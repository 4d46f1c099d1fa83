/* The canonical tables: the one place that says what a retailer's data are once they are clean.
 *
 * Detection looks for these columns by their words, types and relations; validation holds rows to
 * their types and policies; the reference page, the mappings' comments and the Python side print
 * these docs. Adding a column here is all it takes. Types: money and quantities are doubles,
 * identifiers are text (leading zeros count), dates have no zone.
 */
#include <string.h>

#include "foresell/project.h"

#define KEY      .key = true, .missing = FS_MISSING_QUARANTINE
#define REQUIRED .missing = FS_MISSING_QUARANTINE
#define ONE_ITEM .missing = FS_MISSING_FALLBACK, .fallback = "'(all)'"

/* What must be known of an item to order it: of the item everywhere in `products`, of it in one store in `stock`. */
#define ORDER_TERMS                                                                                \
    {"lead_time", FS_TYPE_DOUBLE, .unit = "days",                                                  \
     .words = "leadtime leadtimedays leaddays deliverytime deliverydays replenishmenttime "        \
              "orderleadtime supplierleadtime lieferzeit lieferzeittage lieferfrist "              \
              "wiederbeschaffungszeit plazoentrega plazodeentrega plazodeentregadias "             \
              "tiempoentrega tiempodeentrega tiempodeentregadias prazoentrega prazodeentrega "     \
              "delailivraison delaidelivraison tempoconsegna tempodiconsegna levertijd plifz",     \
     .doc = "from an order until it is on sale; a file's weeks and months are read as days"},      \
        {"pack", FS_TYPE_DOUBLE, .unit = "units",                                                  \
         .words =                                                                                  \
             "packsize packquantity packqty orderpack orderpacksize casepack casesize "            \
             "caseqty unitspercase unitsperpack ordermultiple ordermultiples lotsize "             \
             "verpackungseinheit gebinde gebindegrosse bestelleinheit losgrosse "                  \
             "unidadesporcaja multiplopedido multiplodepedido unidadporcaja unidadesporbulto "     \
             "colisage pezzipercollo bstrf",                                                       \
         .doc = "units of one pack: orders are whole packs"},                                      \
        {"minimum_order", FS_TYPE_DOUBLE, .unit = "units",                                         \
         .words = "minimumorder minimumorderquantity minimumorderqty minorder minorderqty "        \
                  "minorderquantity moq mindestbestellmenge mindestmenge mindestbestellung "       \
                  "pedidominimo cantidadminima cantidadminimapedido encomendaminima "              \
                  "commandeminimum commandeminimale quantiteminimum ordineminimo minimaleafname "  \
                  "bstmi",                                                                         \
         .doc = "least units of one order"},                                                       \
        {"shelf_life", FS_TYPE_DOUBLE, .unit = "days",                                             \
         .words =                                                                                  \
             "shelflife shelflifedays haltbarkeit haltbarkeittage haltbarkeitstage "               \
             "restlaufzeit vidautil vidautildias caducidad diascaducidad validade dureedevie "     \
             "dureeconservation dureedeconservation houdbaarheid mhdrz mhdhb",                     \
         .doc = "how long a unit can be sold from when it comes"},                                 \
        {"capacity", FS_TYPE_DOUBLE, .unit = "units",                                              \
         .words = "shelfcapacity maxstock maximumstock stockmax maxinventory "                     \
                  "maxonhand regalkapazitat regalplatz maximalbestand hochstbestand "              \
                  "capacidadestante stockmaximo existenciamaxima mabst",                           \
         .doc = "most units that there is room for"},                                              \
        {"holding", FS_TYPE_DOUBLE, .unit = "money",                                               \
         .words = "holding holdingcost holdingcostperunit unitholdingcost carryingcost "           \
                  "inventorycost storagecost lagerkosten lagerhaltungskosten bestandskosten "      \
                  "costealmacenamiento costedealmacenamiento costoalmacenamiento "                 \
                  "costodealmacenamiento costealmacenaje costedealmacenaje costemantenimiento "    \
                  "custodearmazenagem coutstockage coutdestockage costodistoccaggio",              \
         .doc = "what it costs to hold one unit for one period"},                                  \
    {                                                                                              \
        "shortage", FS_TYPE_DOUBLE,                                                                \
            .unit = "money",                                                                       \
            .words =                                                                               \
                "shortagecost ~shortage shortagecostperunit stockoutcost penaltycost "             \
                "lostsalecost lostsalescost backordercost fehlmengenkosten fehlbestandskosten "    \
                "costefaltante costedefaltante costofaltante costodefaltante costerotura "         \
                "costederotura custoruptura coutrupture coutderupture costodirottura",             \
            .doc = "what a unit costs that was wanted and not there"                               \
    }

static const fs_canonical_column sales[] = {
    {"time", FS_TYPE_TIME, REQUIRED, .unit = NULL,
     .words = "time date datetime timestamp day invoicedate orderdate purchasetimestamp "
              "purchasedate purchasetime transactiondate transactiontime transdate transtime "
              "saledate salesdate soldat soldon orderedat createdat ordercreated paidat "
              "visitdate weekenddate weekending weekstart weekof ~week ~weekend ~wk ~month "
              "~period ~yearmonth ~created ~ordered ~bought ~t datum bestelldatum belegdatum "
              "buchungsdatum rechnungsdatum verkaufsdatum kaufdatum tag ~woche ~monat uhrzeit "
              "zeitpunkt zeit fecha fechaventa dia hora ~semana ~mes data datavenda jour datevente "
              "datecommande datefacture ~semaine ~mois giorno datavendita dataordine "
              "~settimana ~mese verkoopdatum orderdatum dzien datasprzedazy ~tydzien ~miesiac "
              "budat fkdat bldat erdat audat дата ~день ~неделя ~месяц "
              "txndate txntime ts ~dat tarih tarihi satistarihi siparistarihi dato salgsdato "
              "ordredato kopdatum forsaljningsdatum paivamaara myyntipaiva tilauspaiva "
              "datumprodeje datumobjednavky dataprodazy tanggal tanggaltransaksi tgl ngay "
              "ngayban ngaymua ngaydat kelt датапродажи датазаказа "
              "датапродажу ημερομηνια التاريخ تاريخ "
              "تاريخالبيع दिनांक तारीख 売上日 販売日 "
              "日付 日時 注文日 購入日 取引日 取引日時 日期 销售日期 "
              "订单日期 时间 下单时间 交易时间 交易日期 銷售日期 "
              "訂單日期 날짜 일자 판매일 판매일자 주문일 주문일자 "
              "거래일자 일시",
     .doc =
         "when it was sold; the start or end of its period where the file has totals per period"},
    {"item", FS_TYPE_TEXT, ONE_ITEM,
     .words = "item product sku article art upc ean gtin plu barcode stockcode productid "
              "itemid itemcode productcode prod style isbn asin variant ~brand ~title "
              "material materialnummer artikel artikelnummer artnr produkt warennummer "
              "producto articulo referencia produto artigo mercadoria produit reference "
              "prodotto articolo codicearticolo towar indeks matnr ~tovar товар "
              "артикул stokkodu urun urunkodu vara varunummer vare varenummer varenr "
              "tuote tuotenumero zbozi polozka barang produk hang mahang sanpham masanpham "
              "termek cikk cikkszam produs товару товара продукт "
              "είδος ειδος ειδους προιον المنتج منتج "
              "الصنف उत्पाद वस्तु 商品 商品コード 品番 "
              "商品番号 品目 製品 商品编号 货号 产品 商品编码 "
              "商品代码 物料 產品 상품 상품코드 제품 품목",
     .doc = "which product; '(all)' where the file has totals over products"},
    {"store", FS_TYPE_TEXT,
     .words = "store shop outlet location branch site warehouse market mall shoppingmall "
              "shoppingcenter shoppingcentre retailer pos ~seller ~channel "
              "~terminal filiale laden markt standort werk verkaufsstelle tienda sucursal "
              "almacen local loja filial magasin boutique pointdevente negozio puntovendita "
              "winkel vestiging sklep werks lgort vkbur магазин magaza sube butik "
              "myymala prodejna pobocka obchod toko cabang cuahang chinhanh uzlet bolt "
              "magazin филиал магазине καταστημα الفرع "
              "المتجر दुकान 店舗 店 店名 门店 店铺 商店 分店 "
              "門市 매장 지점 점포",
     .doc = "where it was sold"},
    {"customer", FS_TYPE_TEXT,
     .words = "customer client household hh member shopper buyer user cust account ~card "
              "loyaltycard visitor guest patient consumer email mail kunde kunden "
              "kundennummer kdnr cliente socio comprador acheteur abonne klant klantnummer "
              "klient kunnr kunag клиент покупатель musteri kund kundnummer "
              "asiakas zakaznik pelanggan khachhang makhachhang vevo ugyfel клієнт "
              "покупець πελατης العميل عميل ग्राहक "
              "顧客 顧客番号 会員 会員番号 客户 顾客 会员 买家 고객 "
              "회원",
     .doc = "who bought it"},
    {"basket", FS_TYPE_TEXT,
     .words = "basket invoice order transaction trans receipt ticket bill cart purchase check "
              "invoiceno orderid orderno saleid salesid basketid receiptno document docno voucher "
              "~visit bon "
              "beleg belegnummer bonnummer kassenbon rechnung auftrag bestellung pedido "
              "factura boleta compra nota cupom facture commande panier scontrino fattura "
              "ordine bestelling factuur paragon zamowienie faktura vbeln mblnr belnr чек "
              "заказ txn siparis fis fatura kvitto ordre kvittering tilaus kuitti "
              "objednavka uctenka doklad pesanan faktur transaksi donhang hoadon mahoadon "
              "madonhang rendeles szamla nyugta comanda накладная "
              "замовлення παραγγελια αποδειξη τιμολογιο "
              "الفاتورة الطلب चालान बिल 注文番号 "
              "伝票番号 レシート番号 取引番号 订单 订单号 订单编号 "
              "单号 小票号 訂單 주문 주문번호 영수증 전표번호",
     .doc = "which purchase the line belongs to"},
    {"line", FS_TYPE_TEXT,
     .words = "line lineid linenumber lineno lineitem position posno rowid rownumber uniqueid "
              "transactionlineid orderitem orderitemid orderline zeile positionsnummer posten "
              "posnr linea ligne riga orderdetail orderdetails orderdetailsid orderdetailid "
              "detailid",
     .doc = "identifier of the line, unique in the whole file, where there is one"},
    {"units", FS_TYPE_DOUBLE, .unit = "units",
     .words = "units unitsales quantity qty sold pieces pcs volume move movement count cnt uni "
              "~number ~sales ~demand ~salesvolume ~value unitssold itemssold quantitysold "
              "salesqty soldqty qtysold itemscount numberof orderedquantity amountsold menge "
              "stueck stuck stueckzahl stuckzahl anzahl absatz verkaufsmenge cantidad "
              "unidades cant quantidade qtd qtde quantite qte nombre nb quantita qta pezzi "
              "aantal hoeveelheid ilosc sztuk fkimg kwmeng количество adet miktar "
              "antal kvantitet maara kpl mnozstvi pocet kusu jumlah kuantitas soluong "
              "mennyiseg darab cantitate колво штук кількість "
              "ποσοτητα τεμαχια الكمية كمية मात्रा "
              "数量 個数 販売数 販売数量 点数 销量 销售数量 件数 數量 "
              "수량 판매수량 판매량",
     .doc = "pieces sold; below zero where they came back"},
    {"price", FS_TYPE_DOUBLE, .unit = "money",
     .words = "price unitprice sellprice sellingprice saleprice retailprice priceeach "
              "itemprice unitamount priceperunit shelfprice ~rate preis einzelpreis "
              "stuckpreis verkaufspreis vkpreis precio preciounitario preco precounitario "
              "valorunitario prix prixunitaire prezzo prezzounitario prijs stukprijs cena "
              "kzwi1 netpr vkp0 цена netprice cijena fiyat "
              "birimfiyat birimfiyati satisfiyati pris styckpris stykpris stuksprijs "
              "enhedspris hinta jednotkovacena cenazakus cenajedn harga hargasatuan dongia "
              "gia giaban egysegar pret стоимость ціна τιμη السعر "
              "سعر سعرالوحدة मूल्य कीमत 単価 価格 "
              "販売単価 单价 价格 售价 單價 단가 가격 판매가",
     .doc = "money paid for one piece, after discounts"},
    {"amount", FS_TYPE_DOUBLE, .unit = "money",
     .words = "amount revenue sales total salesvalue salesamount spend spent turnover ~value "
              "linetotal lineamount net gross sum subtotal totalprice totalamount totalsale "
              "totalsales ordertotal grandtotal paid dollars dollarsales dollarvalue "
              "extendedprice netamount netsales grosssales gmv takings pricetotal umsatz "
              "betrag gesamt gesamtpreis gesamtbetrag summe nettobetrag bruttobetrag wert "
              "erlos importe totalventa ventas monto ingresos valor valortotal receita "
              "montant chiffreaffaires ca totalttc totalht ventes importo ricavi totale "
              "incasso bedrag omzet kwota wartosc sprzedaz dmbtr netwr wrbtr сумма "
              "выручка ~payment tutar toplam toplamtutar ciro belopp summa omsattning "
              "forsaljning belob omsatning yhteensa myynti castka celkem trzba totalharga "
              "thanhtien tongtien doanhthu osszeg ertek valoare suma итого "
              "стоимостьвсего сума αξια συνολο الإجمالي "
              "الاجمالي المبلغ القيمة राशि कुलराशि "
              "金額 売上 売上高 売上金額 合計 合計金額 小計 金额 "
              "销售额 总额 总价 总金额 销售金额 銷售額 금액 매출 "
              "매출액 판매금액 합계 총액",
     .doc = "money paid for the line, after discounts; below zero where it was paid back"},
    {"discount", FS_TYPE_DOUBLE, .unit = "money",
     .words = "discount disc rebate markdown coupon reduction retaildisc coupondisc ~off "
              "rabatt nachlass ermassigung descuento desconto remise rabais sconto korting "
              "rabat skfbt скидка discountamount indirim iskonto alennus sleva diskon "
              "giamgia знижка εκπτωση الخصم 割引 値引 折扣 优惠 "
              "할인",
     .doc = "money taken off the line, not below zero"},
    {"cost", FS_TYPE_DOUBLE, .unit = "money",
     .words = "cost unitcost cogs purchaseprice costprice buyingprice einkaufspreis ekpreis kosten "
              "einstandspreis wareneinsatz costo coste custo cout prixachat kostprijs koszt wavwr "
              "stprs verpr",
     .doc = "what one piece cost the retailer"},
    {"payment", FS_TYPE_TEXT,
     .words = "paymentmethod paymenttype paytype paymethod tender tendertype paymentmode "
              "~payment paidby zahlungsart zahlart zahlungsmethode zahlungsmittel "
              "metodopago formapago mediopago formapagamento meiopagamento modepaiement "
              "moyenpaiement paiement pagamento betaalwijze betaalmethode platnosc zlsch "
              "odemeturu odemeyontemi odeme betalning betalningssatt maksutapa platba "
              "zpusobplatby metodepembayaran phuongthucthanhtoan способоплаты "
              "оплата 支払方法 决済方法 支付方式 付款方式 결제수단 "
              "결제방법",
     .doc = "how it was paid"},
    {"country", FS_TYPE_TEXT,
     .words = "country nation ~land pais pays paese kraj land1 lieferland страна",
     .doc = "country of the sale"},
    {"status", FS_TYPE_TEXT,
     .words =
         "status orderstatus ~stateoforder invoicestatus zustand auftragsstatus bestellstatus "
         "estado situacao statut stato eventtype ~event eventname ~action actiontype ~behavior "
         "~behaviour behaviortype ~activity interaction",
     .doc =
         "state of the order, where a cancelled one stands in the file; in a file of events what "
         "was done: bought, put into a cart, looked at"},
    {"note", FS_TYPE_TEXT,
     .words = "description note comment ~text itemname productname producttitle "
              "itemdescription productdescription name title ~desc bezeichnung "
              "artikelbezeichnung artikelname produktname beschreibung artikeltext "
              "descripcion descricao nomeproduto nombreproducto designation libelle "
              "nomproduit descrizione omschrijving productnaam nazwa maktx arktx "
              "название наименование urunadi benamning varebeskrivelse "
              "nimi tuotenimi nazev popis namabarang namaproduk tensanpham tenhang назва "
              "περιγραφη اسمالمنتج 商品名 品名 商品名称 "
              "产品名称 상품명 제품명",
     .doc = "text of the line"},
    {"on_promotion", FS_TYPE_BOOL,
     .words = "promo promotion onpromotion onpromo promoted deal special feature feat display tpr "
              "tpronly ~offer ispromo promoflag aktion angebot werbung oferta promocion promocao "
              "promocional offerta promozione actie promocja акция",
     .doc = "was the product (or the store) on promotion"},
    {"visitors", FS_TYPE_DOUBLE, .unit = "people",
     .words = "customers visitors visits traffic footfall ~baskets ~transactions customercount "
              "numberofcustomers numcustomers kundenanzahl kundenzahl besucher bons clientes "
              "clients visites",
     .doc = "how many people bought in the period, where the file has totals"},
    {0}};

static const fs_canonical_column products[] = {
    {"item", FS_TYPE_TEXT, KEY,
     .words = "item product sku article art upc ean gtin plu barcode stockcode productid "
              "itemid itemcode productcode prod style isbn asin variant material "
              "materialnummer artikel artikelnummer artnr produkt producto articulo "
              "referencia produto artigo produit reference prodotto articolo towar indeks "
              "matnr товар артикул urun urunkodu stokkodu vara varunummer vare "
              "varenummer varenr tuote tuotenumero zbozi polozka barang produk mahang sanpham "
              "termek cikkszam produs товару товара продукт ειδους "
              "προιον المنتج الصنف उत्पाद 商品 商品コード "
              "品番 商品番号 品目 商品编号 货号 产品 商品编码 "
              "产品编号 상품 상품코드 제품 품목",
     .doc = "which product"},
    {"name", FS_TYPE_TEXT,
     .words = "name description productname itemname producttitle title productdescription "
              "~desc bezeichnung artikelbezeichnung artikelname produktname artikeltext "
              "nombre descripcion nome descricao nom designation libelle descrizione naam "
              "omschrijving nazwa maktx arktx название наименование "
              "urunadi benamning tuotenimi nazev popis namabarang namaproduk tensanpham "
              "tenhang назва περιγραφη اسمالمنتج 商品名 品名 "
              "商品名称 产品名称 상품명 제품명",
     .doc = "its name"},
    {"category", FS_TYPE_TEXT,
     .words = "category cat department dept group productgroup prodgroup class family "
              "categoryname maincategory departmentgroup division section lineofbusiness "
              "assortment productline producttype itemtype articletype genre warengruppe kategorie "
              "abteilung sortiment "
              "hauptgruppe bereich categoria departamento familia grupo seccion secao rayon "
              "famille categorie reparto categoriaprodotto afdeling kategoria dzial matkl "
              "категория группа kategori varugrupp varegruppe danhmuc nhomhang "
              "loai категорія група κατηγορια الفئة カテゴリ "
              "カテゴリー 分類 部門 类别 分类 品类 카테고리 분류",
     .doc = "the coarser group it belongs to"},
    {"subcategory", FS_TYPE_TEXT,
     .words =
         "subcategory subcat aisle subdepartment commodity subcommodity ~segment subclass subgroup "
         "category2 untergruppe unterkategorie subcategoria subfamilia souscategorie "
         "sousfamille sottocategoria subcategorie podkategoria prdha",
     .doc = "the finer group it belongs to"},
    {"brand", FS_TYPE_TEXT, .words = "brand label brandname marke marca marque merk marka бренд",
     .doc = "its brand"},
    {"supplier", FS_TYPE_TEXT,
     .words = "supplier vendor manufacturer maker producer mfr lieferant hersteller proveedor "
              "fabricante fornecedor fournisseur fabricant fornitore leverancier dostawca "
              "producent lifnr",
     .doc = "who makes or delivers it"},
    {"pallet", FS_TYPE_DOUBLE, .unit = "units",
     .words =
         "pallet palletquantity palletqty palletsize unitsperpallet pcsperpallet piecesperpallet "
         "palettenmenge palettenfaktor stuckpropalette paletteneinheit unidadesporpale "
         "unidadesporpalet unidadesporpallet unitesparpalette pezziperpallet",
     .doc = "units of it that a pallet holds"},
    {"size", FS_TYPE_TEXT,
     .words = "size productsize packsize pack weight packagesize content ~volume groesse grosse "
              "gewicht inhalt tamano tamanho taille poids peso maat brgew ntgew",
     .doc = "pack or size"},
    {"price", FS_TYPE_DOUBLE, .unit = "money",
     .words = "price listprice rrp msrp baseprice retailprice unitprice sellingprice preis "
              "verkaufspreis listenpreis vkpreis precio preco prix prezzo prijs cena",
     .doc = "list price of one piece"},
    {"cost", FS_TYPE_DOUBLE, .unit = "money",
     .words = "cost unitcost cogs costprice purchaseprice buyingprice einkaufspreis ekpreis "
              "einstandspreis costo coste custo cout prixachat kostprijs koszt stprs verpr",
     .doc = "what one piece costs the retailer"},
    {"rating", FS_TYPE_DOUBLE,
     .words = "rating stars score averagerating avgrating reviewscore bewertung",
     .doc = "average rating"},
    {"return_rate", FS_TYPE_DOUBLE, .unit = "share of 1",
     .words = "returnrate returnsshare retourenquote", .doc = "share that comes back"},
    {"launched", FS_TYPE_DATE,
     .words = "launched launch introduced introductiondate listed launchdate ~start availablefrom "
              "firstsale eingelistet einfuhrung ersda",
     .doc = "first day on sale"},
    {"ended", FS_TYPE_DATE,
     .words = "ended delisted discontinued enddate discontinueddate ausgelistet auslauf",
     .doc = "last day on sale"},
    ORDER_TERMS,
    {0}};

static const fs_canonical_column customers[] = {
    {"customer", FS_TYPE_TEXT, KEY,
     .words = "customer client household hh member shopper buyer user cust account consumer "
              "email mail kunde kunden kundennummer kdnr cliente socio acheteur abonne klant "
              "klantnummer klient kunnr клиент musteri kund kundnummer asiakas zakaznik "
              "pelanggan khachhang покупатель πελατης العميل "
              "ग्राहक 顧客 会員 客户 顾客 会员 고객 회원",
     .doc = "who"},
    {"country", FS_TYPE_TEXT, .words = "country nation ~land pais pays paese kraj land1 страна",
     .doc = "country"},
    {"region", FS_TYPE_TEXT,
     .words = "region state province county bundesland provincia estado departement regione "
              "provincie wojewodztwo regio",
     .doc = "region or state"},
    {"city", FS_TYPE_TEXT,
     .words = "city town place stadt ort wohnort ciudad cidade municipio ville commune citta "
              "comune woonplaats plaats miasto ort01 город",
     .doc = "town"},
    {"postcode", FS_TYPE_TEXT,
     .words = "postcode zip zipcode postalcode zipcodeprefix postal plz postleitzahl codigopostal "
              "cp cep codepostal cap kodpocztowy pstlz индекс",
     .doc = "postal code"},
    {"latitude", FS_TYPE_DOUBLE, .unit = "degrees", .words = "latitude lat breitengrad latitud",
     .doc = "latitude"},
    {"longitude", FS_TYPE_DOUBLE, .unit = "degrees",
     .words = "longitude lng lon long langengrad longitud", .doc = "longitude"},
    {"distance", FS_TYPE_DOUBLE, .unit = "km",
     .words = "distance distancetostore distancekm km entfernung distancia distanza afstand",
     .doc = "distance to the store"},
    {"age", FS_TYPE_TEXT,
     .words = "age agegroup ageband agedesc agerange senior seniorcitizen birthyear birthdate "
              "dateofbirth dob alter altersgruppe geburtsdatum geburtsjahr edad idade eta "
              "leeftijd wiek возраст birthday",
     .doc = "age or band of ages"},
    {"sex", FS_TYPE_TEXT,
     .words = "sex gender geschlecht sexo genero sexe genre sesso genere geslacht plec пол",
     .doc = "sex as given"},
    {"income", FS_TYPE_TEXT,
     .words = "income incomeband incomedesc incomegroup salary einkommen ingreso renda revenu "
              "reddito inkomen dochod",
     .doc = "income or band"},
    {"household", FS_TYPE_TEXT,
     .words = "householdsize hhsize family familysize householdcomposition hhcomp dependents "
              "children kids haushalt haushaltsgrosse hogar",
     .doc = "size or kind of household"},
    {"loyalty", FS_TYPE_TEXT,
     .words = "loyalty tier membership ~level loyaltylevel loyaltytier loyaltystatus cardtype "
              "customertype customersegment ~segment ~contract stufe treuestatus kundengruppe "
              "nivel niveau livello memberstatus clubmemberstatus",
     .doc = "loyalty status"},
    {"joined", FS_TYPE_DATE,
     .words = "joined signup registered registration since membersince memberdate joindate "
              "enrolled enrollmentdate firstpurchase createdat registrierung kundeseit "
              "fechaalta datacadastro inscription joinedon",
     .doc = "first day as a customer"},
    {"tenure", FS_TYPE_DOUBLE, .unit = "months",
     .words = "tenure monthsascustomer tenuremonths membershipmonths vertragsdauer",
     .doc = "months as a customer"},
    {"churned", FS_TYPE_BOOL,
     .words = "closedaccount accountclosed churn churned left exited attrition attrited cancelled "
              "ischurn churnflag churnlabel "
              "gekundigt abgewandert baja",
     .doc = "has left"},
    {"spend", FS_TYPE_DOUBLE, .unit = "money",
     .words = "spend totalspend spendtotal totalcharges history monetary lifetimevalue ltv clv "
              "totalspent totalrevenue totalsales umsatzgesamt",
     .doc = "money spent so far, where the file has totals"},
    {0}};

static const fs_canonical_column promotions[] = {
    {"promotion", FS_TYPE_TEXT,
     .words = "promotion promo campaign offer coupon deal promotionid campaignid couponid offerid "
              "voucher aktion kampagne gutschein campana oferta promocion cupon campanha promocao "
              "operation promozione campagna actie kampania акция",
     .doc = "which promotion"},
    {"kind", FS_TYPE_TEXT,
     .words = "kind type campaigntype promotiontype promotype mechanic mechanism segment arm "
              "variant ~description displaylocation mailerlocation artderaktion werbeart tipo typ",
     .doc = "feature, display, price cut, coupon, mailer, e-mail …"},
    {"item", FS_TYPE_TEXT,
     .words = "item product sku article upc ean gtin productid itemid artikel material produkt "
              "producto produto produit prodotto matnr",
     .doc = "product promoted; null: not tied to one"},
    {"category", FS_TYPE_TEXT,
     .words = "category department dept productgroup warengruppe kategorie categoria",
     .doc = "category promoted"},
    {"store", FS_TYPE_TEXT,
     .words = "store shop outlet location branch site filiale markt tienda loja magasin negozio "
              "winkel sklep werks",
     .doc = "where; null: everywhere"},
    {"customer", FS_TYPE_TEXT,
     .words = "customer household hh client member user cust shopper kunde cliente klant klient "
              "kunnr",
     .doc = "whom it was sent to; null: everyone"},
    {"start", FS_TYPE_DATE,
     .words = "start startday startdate datefrom validfrom begin begindate from sentdate sentat "
              "sent contactdate mailed ~week ~date ~day "
              "beginn von gultigab ab inicio fechainicio datainicio debut datedebut inizio "
              "datainizio begindatum",
     .doc = "first day"},
    {"ended", FS_TYPE_DATE,
     .words = "end endday enddate validto validuntil to until finish ende bis gultigbis fin "
              "fechafin fim datafim datefin fine datafine einddatum",
     .doc = "last day"},
    {"discount", FS_TYPE_DOUBLE, .unit = "share of 1",
     .words = "discount discountpercent percent pct depth off percentoff rabatt descuento desconto "
              "remise sconto korting",
     .doc = "share taken off the price"},
    {"price", FS_TYPE_DOUBLE, .unit = "money",
     .words = "promoprice offerprice dealprice specialprice aktionspreis",
     .doc = "price while it ran"},
    {"cost", FS_TYPE_DOUBLE, .unit = "money", .words = "cost budget fee spendplanned kosten costo",
     .doc = "what it cost"},
    {"treated", FS_TYPE_BOOL,
     .words = "treated treatment exposed received ~segment ~group testgroup istreated intest arm "
              "control mailed",
     .doc = "was this customer in the treated group"},
    {"redeemed", FS_TYPE_BOOL,
     .words = "redeemed used redemption conversion converted visit response responded accepted "
              "purchased eingelost",
     .doc = "did the customer take it up"},
    {"spend", FS_TYPE_DOUBLE, .unit = "money",
     .words = "spend revenue sales postspend spendafter umsatz",
     .doc = "money spent in answer to it"},
    {0}};

static const fs_canonical_column stores[] = {
    {"store", FS_TYPE_TEXT, KEY,
     .words = "store shop outlet location branch site warehouse market seller filiale laden "
              "markt standort werk tienda sucursal loja magasin boutique negozio winkel sklep "
              "werks magaza sube butik myymala prodejna pobocka toko cabang cuahang chinhanh "
              "магазин καταστημα الفرع 店舗 门店 店铺 매장 "
              "지점",
     .doc = "which store"},
    {"name", FS_TYPE_TEXT,
     .words = "name storename shopname description sellername filialname bezeichnung nombre "
              "nome nom naam nazwa name1 ~location storelocation",
     .doc = "its name"},
    {"kind", FS_TYPE_TEXT,
     .words = "kind type storetype format storeformat ~segment segvaluename ~cluster concept "
              "~assortment vertriebslinie typ tipo formato",
     .doc = "format"},
    {"size", FS_TYPE_DOUBLE,
     .words = "size area salesarea sqft sqm squarefeet squaremeters floorarea "
              "salesareasizenum sellingarea flache verkaufsflache superficie areaventas m2 qm "
              "squaremetres floorspace",
     .doc = "sales area, unit of the file"},
    {"city", FS_TYPE_TEXT,
     .words = "city town place addresscityname addresscity stadt ort ciudad cidade ville citta "
              "plaats miasto ort01 город",
     .doc = "town"},
    {"region", FS_TYPE_TEXT,
     .words = "region state province county addressstateprovcode stateprovince bundesland "
              "provincia estado regione district",
     .doc = "region or state"},
    {"country", FS_TYPE_TEXT, .words = "country nation ~land pais pays paese kraj land1",
     .doc = "country"},
    {"postcode", FS_TYPE_TEXT,
     .words = "postcode zip zipcode postalcode zipcodeprefix plz postleitzahl codigopostal cep "
              "codepostal cap pstlz",
     .doc = "postal code"},
    {"latitude", FS_TYPE_DOUBLE, .unit = "degrees", .words = "latitude lat breitengrad latitud",
     .doc = "latitude"},
    {"longitude", FS_TYPE_DOUBLE, .unit = "degrees",
     .words = "longitude lng lon long langengrad longitud", .doc = "longitude"},
    {"opened", FS_TYPE_DATE,
     .words = "opened opening opendate openingdate openedon since eroffnung eroffnet apertura "
              "abertura ouverture",
     .doc = "first day"},
    {0}};

static const fs_canonical_column calendar[] = {
    {"day", FS_TYPE_DATE, REQUIRED,
     .words = "day date datum tag fecha dia data jour giorno dzien calendardate fulldate дата",
     .doc = "which day"},
    {"store", FS_TYPE_TEXT, .words = "store shop outlet location filiale tienda loja magasin",
     .doc = "for which store; null: all"},
    {"event", FS_TYPE_TEXT,
     .words = "event eventname holiday holidayname stateholiday publicholiday isholiday "
              "feiertag feiertagsname festivo feriado ferie festivita feestdag swieto name "
              "праздник celebration",
     .doc = "holiday or event"},
    {"kind", FS_TYPE_TEXT, .words = "eventtype holidaytype kind type ~locale",
     .doc = "kind of event"},
    {"open", FS_TYPE_BOOL,
     .words = "open isopen trading storeopen closed geoffnet abierto aberto ouvert aperto",
     .doc = "was the store open"},
    {"school_holiday", FS_TYPE_BOOL,
     .words = "schoolholiday school vacation schoolholidays schulferien ferien vacaciones vacances",
     .doc = "school holiday"},
    {"period", FS_TYPE_TEXT,
     .words = "week weekno weeknumber weekid wmyrwk period fiscalweek yearweek kalenderwoche kw "
              "semana semaine settimana tydzien",
     .doc = "the retailer's own week or period number"},
    {0}};

static const fs_canonical_column stock[] = {
    {"item", FS_TYPE_TEXT, REQUIRED,
     .words =
         "item product sku article upc ean gtin productid itemid itemcode productcode stockcode "
         "artikel artikelnummer artnr material materialnummer warennummer produkt "
         "producto articulo produto produit prodotto towar matnr товар",
     .doc = "which product"},
    {"store", FS_TYPE_TEXT,
     .words = "store shop outlet location site branch warehouse depot filiale lager standort "
              "tienda almacen loja magasin magazzino winkel sklep werks lgort",
     .doc = "where"},
    {"day", FS_TYPE_DATE,
     .words = "day date asof snapshot snapshotdate stockdate inventorydate ~week ~month datum "
              "stichtag tag fecha data jour giorno",
     .doc = "on which day (start of the period); null: now"},
    {"on_hand", FS_TYPE_DOUBLE, .unit = "units",
     .words = "onhand stock inventory qtyonhand quantityonhand stockonhand soh endinventory "
              "endinginventory closingstock stocklevel stockqty inventorylevel availableqty "
              "balance bestand lagerbestand existencias stockactual estoque saldo quantitestock "
              "giacenza voorraad stan labst остаток",
     .doc = "pieces there"},
    {"on_order", FS_TYPE_DOUBLE, .unit = "units",
     .words = "onorder intransit intransitw orderedqty openorders qtyonorder incoming bestellt "
              "openorder purchaseorderqty orderqty "
              "unterwegs offenebestellungen bestellmenge enpedido encamino pedidopendiente "
              "entransito encommande inarrivo trame",
     .doc = "pieces on their way"},
    {"arrives", FS_TYPE_DATE,
     .words = "arrives arrival arrivaldate arrivesat expecteddate expectedarrival "
              "expectedarrivaldate expecteddelivery expecteddeliverydate deliverydate duedate eta "
              "ankunft liefertermin lieferdatum eingang fechaentrega fechadeentrega fechallegada "
              "llegada dataentrega datelivraison datedelivraison dataconsegna leverdatum eindt",
     .doc = "day from which what is on order is on sale; null: not known"},
    {"arrives_in", FS_TYPE_DOUBLE, .unit = "days",
     .words = "arrivesin daystoarrival daysuntilarrival",
     .doc = "days until what is on order is on sale, where the file says it so: at the end of them "
            "at the latest"},
    {"in_stock", FS_TYPE_BOOL,
     .words = "instock available availability outofstock stockout oos isavailable lieferbar "
              "verfugbar disponible disponivel",
     .doc = "was there any; false: demand could not be seen"},
    {"lost", FS_TYPE_DOUBLE, .unit = "units",
     .words = "missedsales lost lostsales unmet unmetdemand backorder shortage fehlmenge",
     .doc = "pieces asked for and not there"},
    {"cost", FS_TYPE_DOUBLE, .unit = "money",
     .words = "unitcost costprice purchaseprice buyingprice einkaufspreis ekpreis einstandspreis "
              "preciocompra preciodecompra preciocosto costeunitario costounitario prixachat "
              "prixdachat coutunitaire stprs verpr",
     .doc = "what one piece costs the retailer there"},
    ORDER_TERMS,
    {0}};

static const fs_canonical_column prices[] = {
    {"item", FS_TYPE_TEXT, REQUIRED,
     .words = "item product sku article upc ean gtin productid itemid artikel material produkt "
              "producto articulo produto produit prodotto towar matnr",
     .doc = "which product"},
    {"store", FS_TYPE_TEXT,
     .words = "store shop outlet location branch filiale tienda loja magasin negozio winkel sklep "
              "werks",
     .doc = "where; null: everywhere"},
    {"start", FS_TYPE_DATE, REQUIRED,
     .words = "start date day week validfrom from startdate effectivedate effectivefrom since "
              "pricedate wmyrwk ~month ~period gultigab ab von datum fecha data jour giorno desde "
              "datab",
     .doc = "first day of the price"},
    {"ended", FS_TYPE_DATE,
     .words = "end until to validto validuntil enddate effectiveto gultigbis bis hasta datbi",
     .doc = "last day; null: until the next one"},
    {"price", FS_TYPE_DOUBLE, REQUIRED, .unit = "money",
     .words = "price sellprice unitprice sellingprice retailprice currentprice newprice preis "
              "verkaufspreis vkpreis precio preco prix prezzo prijs cena kbetr",
     .doc = "price of one piece"},
    {"base_price", FS_TYPE_DOUBLE, .unit = "money",
     .words = "baseprice regularprice listprice normalprice fullprice originalprice grundpreis "
              "normalpreis listenpreis preciobase",
     .doc = "price without promotion"},
    {0}};

static const fs_canonical_column reviews[] = {
    {"review", FS_TYPE_TEXT,
     .words = "review reviewid feedback ratingid bewertung resena avaliacao avis recensione",
     .doc = "which review"},
    {"item", FS_TYPE_TEXT,
     .words = "item product sku article asin productid itemid artikel produkt producto produto "
              "produit prodotto",
     .doc = "of which product"},
    {"basket", FS_TYPE_TEXT,
     .words = "order basket invoice orderid purchase bestellung pedido commande ordine",
     .doc = "of which purchase"},
    {"customer", FS_TYPE_TEXT,
     .words = "customer user client member card reviewer author reviewerid kunde cliente",
     .doc = "by whom"},
    {"time", FS_TYPE_TIME,
     .words = "time date reviewdate creationdate createdat reviewcreationdate reviewtime timestamp "
              "submitted datum fecha data",
     .doc = "when"},
    {"rating", FS_TYPE_DOUBLE,
     .words = "rating score stars reviewscore starrating overall grade sterne bewertung note "
              "puntuacion calificacion nota voto punteggio",
     .doc = "the rating, scale of the file"},
    {"text", FS_TYPE_TEXT,
     .words = "text comment message reviewcommentmessage body reviewtext reviewbody content "
              "summary kommentar bewertungstext comentario commentaire commento",
     .doc = "what it says"},
    {0}};

static const fs_canonical_column overrides[] = {
    {"first_day", FS_TYPE_DATE, REQUIRED,
     .words = "firstday first from fromdate start startdate begin day date week period von ab "
              "datum tag desde inicio fecha data debut dal dalgiorno",
     .doc = "first day that it is about"},
    {"last_day", FS_TYPE_DATE,
     .words = "lastday last to todate until till through end enddate bis hasta fin fino al ate",
     .doc = "last day that it is about; null: the period of the first day alone"},
    {"item", FS_TYPE_TEXT,
     .words = "item product sku article upc ean gtin productid itemid artikel material produkt "
              "producto articulo produto produit prodotto towar matnr товар",
     .doc = "of which product; null: not of one alone"},
    {"category", FS_TYPE_TEXT,
     .words = "category productcategory itemcategory department dept group productgroup "
              "warengruppe kategorie categoria categorie",
     .doc = "of which category; null: not of one alone"},
    {"store", FS_TYPE_TEXT,
     .words = "store shop outlet location site branch filiale tienda loja magasin negozio winkel",
     .doc = "of which store; null: not of one alone"},
    {"value", FS_TYPE_DOUBLE, .unit = "units",
     .words = "value units override planned plan expected quantity qty forecast newforecast "
              "adjusted final menge stuck unidades quantite quantita",
     .doc = "what is expected in these days together, in place of the forecast (money where the "
            "forecast is of money)"},
    {"change", FS_TYPE_DOUBLE, .unit = "share of 1",
     .words = "change changepercent percent pct percentage uplift adjustment delta prozent "
              "anderung cambio variation aumento",
     .doc = "by what share the forecast is too low (0.2) or too high (-0.2), where value is null; "
            "a file's 20, and its 20 %, are read as 0.2"},
    {"who", FS_TYPE_TEXT,
     .words = "who planner user username author by changedby madeby owner wer planer benutzer "
              "quien usuario qui chi",
     .doc = "who says so"},
    {"made", FS_TYPE_TIME,
     .words = "made madeon madeat when created createdat createdon changed changedat changedon "
              "entered timestamp erstellt angelegt creado cree creato",
     .doc = "when it was said: later ones replace earlier ones, and its value is measured against "
            "what the models knew then; null: before its first day"},
    {"why", FS_TYPE_TEXT,
     .words = "why reason comment note justification cause grund warum begrundung kommentar motivo "
              "raison porque",
     .doc = "the reason"},
    {0}};

static const fs_canonical_column suppliers[] = {
    {"supplier", FS_TYPE_TEXT, KEY,
     .words = "supplier vendor supplierid vendorid suppliername vendorname suppliernumber "
              "manufacturer lieferant lieferantennummer lieferantenname kreditor proveedor "
              "fornecedor fournisseur fornitore leverancier dostawca lifnr",
     .doc = "who delivers, as products name it"},
    {"name", FS_TYPE_TEXT,
     .words = "name suppliername vendorname company firma bezeichnung nombre nome nom naam nazwa "
              "name1",
     .doc = "its name"},
    {"lead_time", FS_TYPE_DOUBLE, .unit = "days",
     .words = "leadtime leadtimedays leaddays deliverytime deliverydays replenishmenttime "
              "lieferzeit lieferzeittage lieferfrist wiederbeschaffungszeit plazoentrega "
              "tiempoentrega prazoentrega delailivraison tempoconsegna levertijd plifz",
     .doc = "from an order until it is on sale, where products and stock do not say it; a file's "
            "weeks and months are read as days"},
    {"order_days", FS_TYPE_TEXT,
     .words = "orderdays orderday orderingdays orderweekdays orderon ordercalendar orderschedule "
              "bestelltage bestelltag diaspedido diasdepedido diapedido diasdeencomenda "
              "jourscommande joursdecommande giorniordine besteldagen",
     .doc = "weekdays on which it takes orders, as in Mon, Thu or 1;4 (1 is Monday); null: any"},
    {"minimum_value", FS_TYPE_DOUBLE, .unit = "money",
     .words = "minimumvalue minimumordervalue minordervalue minimumorderamount minorderamount "
              "minvalue minimumorder minorder mindestbestellwert mindestwert mindestauftragswert "
              "valorminimo importeminimo pedidominimo montantminimum valoreminimo minimumbedrag",
     .doc = "least value of one order for one store, at cost"},
    {"truck", FS_TYPE_DOUBLE, .unit = "pallets",
     .words = "truck trucksize truckcapacity truckload palletspertruck maxpallets lkw "
              "palettenprolkw camion palesporcamion palettesparcamion palletpercamion",
     .doc = "pallets that fit into one delivery to one store (units of a pallet stand in "
            "products); null: any"},
    {0}};

static const fs_canonical_table tables[FS_CANONICAL_TABLES] = {
    {"sales", "one line sold or returned, or the total of one period", sales,
     "sales sale transactions transaction trans orders order invoices invoice "
     "receipts receipt pos lines items tickets baskets purchases purchase movement "
     "ledger demand train elog verkauf verkaufe verkaeufe umsatz umsatze umsaetze "
     "absatz bon bons belege rechnungen kasse vente ventes ventas venta vendas venda "
     "vendite vendita verkopen sprzedaz mseg vbrp vbap продажи turnover till "
     "txn satis satislar forsaljning salg myynti prodej penjualan banhang "
     "продажі πωλησεις المبيعات 売上 販売 销售 订单 "
     "판매 매출"},
    {"products", "one row a product", products,
     "products product items item articles article assortment catalog catalogue sku "
     "skus material materials artikel artikelstamm produkte produktstamm sortiment "
     "productos articulos produtos produits articoli prodotti producten produkty "
     "mara makt товары master menu urunler varor varer tuotteet zbozi produk "
     "sanpham 商品 产品 상품"},
    {"customers", "one row a customer", customers,
     "customers customer clients households household hh members member users "
     "accounts demographic demographics crm churn kunden kundenstamm clientes socios "
     "clienti klanten klienci kna1 клиенты loyalty musteriler kunder "
     "asiakkaat zakaznici pelanggan khachhang 顧客 客户 고객"},
    {"promotions", "one row a promotion, product, place and customer, as far as known", promotions,
     "promotions promotion promo promos campaign campaigns coupon coupons redemptions "
     "causal marketing email mailing mailer offers offer display aktionen aktion "
     "kampagnen werbung promociones ofertas promocoes promozioni acties"},
    {"stores", "one row a store", stores,
     "stores store shops shop outlets branches locations sites sellers filialen "
     "filiale markte laden standorte tiendas sucursales lojas magasins negozi "
     "winkels sklepy t001w магазины magazalar butiker butikker myymalat "
     "prodejny toko cuahang 店舗 门店 매장"},
    {"calendar", "one row a day (and store) with events, and days when a store was closed",
     calendar,
     "calendar holidays holiday events dates days kalender feiertage calendario feriados "
     "calendrier"},
    {"stock",
     "what was there, where and when, what is on its way, and what it takes to order it there",
     stock,
     "stock stocks inventory inventories onhand snapshot state bestand bestande bestaende "
     "lager lagerbestand existencias inventario estoque giacenze voorraad mard остатки "
     "replenishment openorders costs leadtimes"},
    {"prices", "what a product cost, where and from when", prices,
     "prices price pricing pricelist preise preisliste precios precos prix prezzi prijzen "
     "ceny a004 konp цены"},
    {"reviews", "one row a review", reviews,
     "reviews review ratings rating feedback comments bewertungen resenas avaliacoes avis "
     "recensioni"},
    {"overrides", "one row a change that a planner makes to the forecast", overrides,
     "overrides override adjustments plannerchanges forecastchanges corrections korrekturen "
     "anpassungen ajustes ajustements correzioni"},
    {"suppliers", "one row a supplier: when it takes orders, how much at least, and how fast it is",
     suppliers,
     "suppliers supplier vendors vendor lieferanten lieferant kreditoren proveedores fornecedores "
     "fournisseurs fornitori leveranciers dostawcy lfa1"},
};

const fs_canonical_table *fs_canonical_at(int index)
{
    return index >= 0 && index < FS_CANONICAL_TABLES ? &tables[index] : NULL;
}

const fs_canonical_table *fs_canonical_find(const char *name)
{
    for (int i = 0; i < FS_CANONICAL_TABLES; i++)
        if (strcmp(tables[i].name, name) == 0) return &tables[i];
    return NULL;
}
