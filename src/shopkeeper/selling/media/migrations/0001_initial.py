"""Pictures and videos, their bytes, and that these never change under their name."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"
UNDO = """
    DROP TRIGGER media_original_stays ON media_original;
    DROP TRIGGER media_cut_stays ON media_cut;
    DROP TRIGGER media_size_stays ON media_size;
    DROP TRIGGER media_film_stays ON media_film;
    DROP TRIGGER media_filmpiece_stays ON media_filmpiece;
    DROP FUNCTION media_stays;
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Film',
            fields=[
                ('sha', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=4)),
                ('size', models.IntegerField()),
                ('seen_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['mp4', 'webm'])), name='media_film_kind_known'), models.CheckConstraint(condition=models.Q(('size__gt', 0)), name='media_film_is_something')],
            },
        ),
        migrations.CreateModel(
            name='Original',
            fields=[
                ('sha', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('content', models.BinaryField()),
                ('width', models.IntegerField()),
                ('height', models.IntegerField()),
                ('seen_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('height__gt', 0), ('width__gt', 0)), name='media_original_measure')],
            },
        ),
        migrations.CreateModel(
            name='Cut',
            fields=[
                ('key', models.CharField(max_length=32, primary_key=True, serialize=False)),
                ('is_square', models.BooleanField()),
                ('focus_x', models.SmallIntegerField()),
                ('focus_y', models.SmallIntegerField()),
                ('width', models.IntegerField()),
                ('height', models.IntegerField()),
                ('is_ready', models.BooleanField(default=False)),
                ('original', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cuts', to='media.original')),
            ],
        ),
        migrations.CreateModel(
            name='Picture',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('product_id', models.BigIntegerField()),
                ('position', models.IntegerField()),
                ('alt_en', models.CharField(blank=True, max_length=200)),
                ('alt_zh', models.CharField(blank=True, max_length=200)),
                ('focus_x', models.SmallIntegerField(default=50)),
                ('focus_y', models.SmallIntegerField(default=50)),
                ('added_at', models.DateTimeField()),
                ('original', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='media.original')),
                ('square', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='media.cut')),
                ('whole', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='media.cut')),
            ],
        ),
        migrations.CreateModel(
            name='PictureVariant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('variant_id', models.BigIntegerField()),
                ('picture', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='shown', to='media.picture')),
            ],
        ),
        migrations.CreateModel(
            name='Size',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('width', models.IntegerField()),
                ('format', models.CharField(max_length=4)),
                ('content', models.BinaryField()),
                ('cut', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='sizes', to='media.cut')),
            ],
        ),
        migrations.CreateModel(
            name='Video',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('product_id', models.BigIntegerField()),
                ('position', models.IntegerField()),
                ('caption_en', models.CharField(blank=True, max_length=200)),
                ('caption_zh', models.CharField(blank=True, max_length=200)),
                ('added_at', models.DateTimeField()),
                ('film', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='media.film')),
                ('poster', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='media.cut')),
            ],
        ),
        migrations.CreateModel(
            name='Track',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(max_length=10)),
                ('key', models.CharField(max_length=32)),
                ('text', models.TextField()),
                ('video', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='tracks', to='media.video')),
            ],
        ),
        migrations.CreateModel(
            name='FilmPiece',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.IntegerField()),
                ('content', models.BinaryField()),
                ('film', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='pieces', to='media.film')),
            ],
            options={
                'constraints': [models.UniqueConstraint(models.F('film'), models.F('number'), name='media_filmpiece_once')],
            },
        ),
        migrations.CreateModel(
            name='Kept',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('holder', models.CharField(max_length=40)),
                ('original', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='media.original')),
            ],
            options={
                'constraints': [models.UniqueConstraint(models.F('original'), models.F('holder'), name='media_kept_once')],
            },
        ),
        migrations.AddIndex(
            model_name='cut',
            index=models.Index(models.F('key'), condition=models.Q(('is_ready', False)), name='media_cut_waits'),
        ),
        migrations.AddConstraint(
            model_name='cut',
            constraint=models.CheckConstraint(condition=models.Q(('focus_x__range', (0, 100)), ('focus_y__range', (0, 100))), name='media_cut_focus'),
        ),
        migrations.AddConstraint(
            model_name='cut',
            constraint=models.CheckConstraint(condition=models.Q(('height__gt', 0), ('width__gt', 0)), name='media_cut_measure'),
        ),
        migrations.AddIndex(
            model_name='picture',
            index=models.Index(models.F('product_id'), models.F('position'), models.F('id'), name='media_picture_gallery'),
        ),
        migrations.AddConstraint(
            model_name='picture',
            constraint=models.UniqueConstraint(models.F('product_id'), models.F('original'), name='media_picture_once'),
        ),
        migrations.AddConstraint(
            model_name='picture',
            constraint=models.CheckConstraint(condition=models.Q(('focus_x__range', (0, 100)), ('focus_y__range', (0, 100))), name='media_picture_focus'),
        ),
        migrations.AddConstraint(
            model_name='picturevariant',
            constraint=models.UniqueConstraint(models.F('picture'), models.F('variant_id'), name='media_picturevariant_once'),
        ),
        migrations.AddConstraint(
            model_name='size',
            constraint=models.UniqueConstraint(models.F('cut'), models.F('width'), models.F('format'), name='media_size_once'),
        ),
        migrations.AddConstraint(
            model_name='size',
            constraint=models.CheckConstraint(condition=models.Q(('format__in', ['avif', 'webp', 'jpg'])), name='media_size_format_known'),
        ),
        migrations.AddIndex(
            model_name='video',
            index=models.Index(models.F('product_id'), models.F('position'), models.F('id'), name='media_video_gallery'),
        ),
        migrations.AddConstraint(
            model_name='video',
            constraint=models.UniqueConstraint(models.F('product_id'), models.F('film'), name='media_video_once'),
        ),
        migrations.AddIndex(
            model_name='track',
            index=models.Index(models.F('key'), name='media_track_key'),
        ),
        migrations.AddConstraint(
            model_name='track',
            constraint=models.UniqueConstraint(models.F('video'), models.F('language'), name='media_track_once'),
        ),
        migrations.RunSQL((SQL / "0001_bytes.sql").read_text(), UNDO),
    ]
