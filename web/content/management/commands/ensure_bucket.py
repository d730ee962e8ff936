"""manage.py ensure_bucket"""

from __future__ import annotations

import json
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

# Readers get objects below these, by name; nobody can list, and nothing else is to be had.
PUBLIC = ("static/*", "media/*")


class Command(BaseCommand):
    help = "Makes the bucket, and lets everybody read what is below static/ and media/ in it."

    def handle(self, *_: Any, **__: Any) -> None:
        lab = settings.LAB
        if lab.s3_endpoint is None:
            self.stdout.write("no LAB_S3_ENDPOINT: files are kept in the file system")
            return
        client = boto3.client(
            "s3",
            endpoint_url=lab.s3_endpoint,
            aws_access_key_id=lab.s3_access_key,
            aws_secret_access_key=lab.s3_secret_key,
            region_name="us-east-1",
            config=Config(connect_timeout=5, read_timeout=10, s3={"addressing_style": "path"}),
        )
        try:
            self._ensure(client, lab.s3_bucket)
        except (BotoCoreError, ClientError) as failure:
            raise CommandError(
                f"{lab.s3_endpoint}: the bucket {lab.s3_bucket} can't be made ({failure}); "
                "check that the object store is up and LAB_S3_ACCESS_KEY and LAB_S3_SECRET_KEY"
            ) from None

    def _ensure(self, client: Any, bucket: str) -> None:
        try:
            client.create_bucket(Bucket=bucket)
            self.stdout.write(f"made the bucket {bucket}")
        except ClientError as failure:
            if failure.response["Error"]["Code"] not in {
                "BucketAlreadyOwnedByYou",
                "BucketAlreadyExists",
            }:
                raise
        client.put_bucket_policy(Bucket=bucket, Policy=json.dumps(_policy(bucket)))


def _policy(bucket: str) -> dict[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": ["*"]},
                "Action": ["s3:GetObject"],
                "Resource": [f"arn:aws:s3:::{bucket}/{folder}" for folder in PUBLIC],
            }
        ],
    }
