<?php

// trade.php - one sale from beginning to end, in memory.
//
//     php examples/php/trade.php build/release/libkameng.so

declare(strict_types=1);

require __DIR__ . '/../../bindings/php/autoload.php';

$keyFile = tempnam(sys_get_temp_dir(), 'kameng');
unlink($keyFile);
$engine = new Kameng\Engine([
    'storage' => ['driver' => 'sqlite', 'path' => ':memory:'],
    'vault' => ['key_file' => $keyFile, 'create' => true],
    'providers' => ['sandbox' => ['enabled' => true]],
    'allow_sandbox' => true,
], $argv[1] ?? null);
unlink($keyFile);
$host = ['as' => 'host'];

// The shop: a category, goods with one SKU, its codes.
$category = $engine->categoryCreate(['name' => 'Game cards'], $host)['category_id'];
$starCoins = $engine->goodsCreate([
    'category_id' => $category,
    'name' => 'Star Coins',
    'skus' => [['name' => '100 coins', 'unit_price_micros' => 9_990_000, 'currency' => 'CNY']],
], $host);
$sku = $starCoins['skus'][0]['sku_id'];
$report = $engine->codeImport(['sku_id' => $sku, 'content' => "STAR-0001\nSTAR-0002\nSTAR-0001\n"], $host);
echo "imported {$report['imported']}, duplicates {$report['duplicates']}\n";
$engine->goodsPublish(['goods_id' => $starCoins['goods_id']], $host);

// [readme]
// The customer signs in and orders; the code is held for fifteen minutes.
$engine->accountRegister(['email' => 'li.na@example.com', 'password' => 'correct horse 9'], $host);
$login = $engine->accountLogin(['identifier' => 'li.na@example.com', 'password' => 'correct horse 9']);
$customer = ['token' => $login['token'], 'ip' => '203.0.113.7'];
$order = $engine->orderPlace([
    'lines' => [['sku_id' => $sku, 'quantity' => 1]],
    'pay' => ['provider' => 'sandbox'],
], $customer);
echo "order {$order['order_id']}: {$order['status']}, {$order['total']['amount']} fen\n";

// The provider's signed notice arrives; here the sandbox writes it. A real one comes to your notice
// URL.
$notice = $engine->sandboxPay(['out_trade_no' => $order['payment']['out_trade_no']], $host);
$received = $engine->noticeReceive(['provider' => 'sandbox'] + $notice);
echo "notice: {$received['outcome']}, answered with {$received['reply']['status']}\n";

// The customer reads the code; the books balance.
foreach ($engine->codeReveal(['order_id' => $order['order_id']], $customer)['codes'] as $code) {
    echo "code: {$code['text']}\n";
}
// [/readme]
echo 'balanced: ' . ($engine->systemVerify([], $host)['ok'] ? 'yes' : 'no') . "\n";
